# One image for serving, migrating and administering: the binary `gradebook` and the bundled front end.
#   docker build -t gradebook .

# The build script of crates/web bundles the front end with `npm ci` and esbuild, so Node.js is needed
# while compiling. It is copied from its own image instead of being installed from elsewhere.
FROM node:22-trixie-slim AS node

FROM rust:1.95-slim-trixie AS build
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/lib/node_modules/npm /usr/local/lib/node_modules/npm
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
WORKDIR /src
COPY . .
# Three caches make the second build incremental: crates, npm packages and compiled dependencies. A
# cache is not part of the image, hence the copies to /out in the same step.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/root/.npm \
    --mount=type=cache,target=/src/target,sharing=locked \
    cargo build --release --locked -p gradebook-web --bin gradebook \
    && install -D target/release/gradebook /out/gradebook \
    && cp -r static/dist /out/static

FROM debian:trixie-slim
ARG VERSION=dev
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Gradebook" \
      org.opencontainers.image.description="Grades of a school: entry grids for teachers, reports for students" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"

COPY --from=build /out/gradebook /usr/local/bin/gradebook
COPY --from=build /out/static /usr/share/gradebook/static
COPY --chmod=755 deploy/healthcheck /usr/local/bin/gradebook-healthcheck
COPY LICENSE /usr/share/doc/gradebook/LICENSE
# A fresh volume takes over the owner of the directory that it covers.
RUN install --directory --owner=10001 --group=10001 --mode=700 /data

ENV GRADEBOOK_DATA_DIR=/data \
    GRADEBOOK_STATIC_DIR=/usr/share/gradebook/static \
    GRADEBOOK_LISTEN=0.0.0.0:8080 \
    GRADEBOOK_LOG_FORMAT=json

USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
    CMD ["gradebook-healthcheck", "/healthz"]
ENTRYPOINT ["gradebook"]
CMD ["serve"]
