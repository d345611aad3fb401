# The two programs on a small Debian, as a user without rights, on a root that can be read-only.

FROM rust:1.95.0-bookworm AS build
# The compiler of the image; otherwise rustup would fetch what rust-toolchain.toml names for development.
ENV RUSTUP_TOOLCHAIN=1.95.0
WORKDIR /source
COPY . .
RUN cargo build --release --locked --bins
# Made here, where there is a shell with rights: the folders that the programs write to. A new volume takes over their owner.
RUN install --directory --mode 0700 --owner 65532 --group 65532 /data /gateway

FROM debian:12.12-slim
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /source/target/release/gatewright /source/target/release/gatewright-gateway /usr/local/bin/
COPY --from=build --chown=65532:65532 /data /var/lib/gatewright
COPY --from=build --chown=65532:65532 /gateway /var/lib/gatewright-gateway
USER 65532:65532
# `./gatewright-data` lies here.
WORKDIR /var/lib/gatewright
VOLUME /var/lib/gatewright
EXPOSE 8600 8601
# The image has no program that speaks HTTP but ours, and a shell that can ask one question.
HEALTHCHECK --interval=10s --start-period=10s --timeout=3s CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8600 && printf 'GET /readyz HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && [[ $status == 200 ]]"]
ENTRYPOINT ["gatewright"]
CMD ["serve", "--listen", "0.0.0.0:8600", "--gateway-listen", "0.0.0.0:8601"]
