# The two programs on a small Debian, as a user without rights, in a file system that can be read-only.

FROM rust:1.95-bookworm AS build
WORKDIR /source
COPY . .
RUN cargo build --release --locked --bins
# Made here, where there is a shell with rights: the one folder that the programs write to.
RUN install --directory --owner 65532 --group 65532 /data

FROM debian:bookworm-slim
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /source/target/release/gatewright /source/target/release/gatewright-gateway /usr/local/bin/
COPY --from=build --chown=65532:65532 /data /var/lib/gatewright
USER 65532:65532
# `./gatewright-data` lies here.
WORKDIR /var/lib/gatewright
VOLUME /var/lib/gatewright
EXPOSE 8600 8601
ENTRYPOINT ["gatewright"]
CMD ["serve", "--portal", "0.0.0.0:8600", "--gateway", "0.0.0.0:8601"]
