// Spring Security 6, a resource server: a decoder that takes good tokens and refuses every other.
// Dependency: org.springframework.boot:spring-boot-starter-oauth2-resource-server
//
// What it cannot do, so that you know: see whether a token was revoked (keep lifetimes short, or use the opaque-token
// support with {{portal}}/oauth2/introspect), and refuse JSON in which a name stands twice.
import java.time.Duration;
import java.time.Instant;
import java.util.List;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;

@Configuration
public class GatewrightTokens {
  @Bean
  JwtDecoder jwtDecoder() {
    NimbusJwtDecoder decoder = NimbusJwtDecoder.withJwkSetUri("{{jwks_uri}}")
        // Pinned here; the token may only agree.
        .jwsAlgorithms(algorithms -> algorithms.addAll(List.of({{algorithms_java}})))
        .jwtProcessorCustomizer(processor -> processor.setJWSTypeVerifier(new DefaultJOSEObjectTypeVerifier<>(
            new JOSEObjectType("at+jwt"), new JOSEObjectType("application/at+jwt"))))
        .build();
    decoder.setJwtValidator(new DelegatingOAuth2TokenValidator<>(
        new JwtTimestampValidator(Duration.ofSeconds({{leeway}})),
        new JwtIssuerValidator("{{issuer}}"),
        demand("aud", jwt -> jwt.getAudience() != null && jwt.getAudience().contains("{{audience}}")),
        demand("exp", jwt -> jwt.getExpiresAt() != null && jwt.getIssuedAt() != null
            && !jwt.getIssuedAt().isAfter(Instant.now().plusSeconds({{leeway}}))
            && Duration.between(jwt.getIssuedAt(), jwt.getExpiresAt()).getSeconds() <= {{max_lifetime}}),
        demand("sub", jwt -> jwt.getClaim("sub") instanceof String && jwt.getClaim("client_id") instanceof String
            && jwt.getClaim("jti") instanceof String),
        // A bound token is refused, because nothing here checks its proof.
        demand("cnf", jwt -> !jwt.hasClaim("cnf"))));
    return decoder;
  }

  private static OAuth2TokenValidator<Jwt> demand(String claim, java.util.function.Predicate<Jwt> rule) {
    return jwt -> rule.test(jwt)
        ? OAuth2TokenValidatorResult.success()
        : OAuth2TokenValidatorResult.failure(new OAuth2Error("invalid_token", "The claim " + claim + " is refused", null));
  }
}
