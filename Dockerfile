# The image holds one static program, the models that were in models/ and an empty job directory:
# what `make image-root` puts together, and nothing else.
#
#   docker build --build-arg VERSION="$(git describe --tags --always --dirty)" -t salesctl .
#   docker run -p 5000:5000 -v salesctl-jobs:/jobs -v "$PWD/models:/models:ro" salesctl

FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION
RUN make image-root VERSION="$VERSION"

FROM scratch
COPY --from=build --chown=65532:65532 /src/image/ /
USER 65532:65532
VOLUME /jobs
EXPOSE 5000
# What the command line says, once more: for `docker run salesctl serve --workers 4`, `salesctl doctor`.
ENV SALESCTL_SERVE_ADDR=0.0.0.0:5000 SALESCTL_REGISTRY_DIR=/models SALESCTL_JOBS_DIR=/jobs
ENTRYPOINT ["/salesctl"]
CMD ["serve", "--addr", "0.0.0.0:5000", "--models", "/models", "--jobs", "/jobs"]
