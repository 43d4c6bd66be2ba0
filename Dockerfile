# API and dashboard of garant as a container: docs/service.md says how it is started.
#
# Debian 12 with its own Python 3.11 is what the tests run on. The tag names the image of one day; a digest is not
# written here, since none could be verified. Both stages have the same base, so that what is built also runs.

FROM debian:bookworm-20260803-slim AS build
RUN apt-get update \
 && apt-get install --yes --no-install-recommends python3-venv \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /build
# What makes the wheel stays in an environment of this stage; what runs goes into one that never had pip.
COPY requirements/build.txt requirements/serve.txt requirements/
RUN python3 -m venv tools \
 && tools/bin/pip install --no-cache-dir --require-hashes --only-binary=:all: -r requirements/build.txt
RUN python3 -m venv --without-pip /opt/garant \
 && tools/bin/pip --python /opt/garant/bin/python install --no-cache-dir --require-hashes --only-binary=:all: \
    -r requirements/serve.txt
COPY pyproject.toml README.md LICENSE ./
COPY src src
RUN tools/bin/pip wheel --no-deps --no-index --no-build-isolation --wheel-dir wheels . \
 && tools/bin/pip --python /opt/garant/bin/python install --no-deps --no-index wheels/*.whl
# Authorities that databases are checked by, where somebody put them there: certificates/README.md.
COPY certificates /opt/garant/certificates

FROM debian:bookworm-20260803-slim AS service
LABEL org.opencontainers.image.title="garant" \
      org.opencontainers.image.description="Decision service: API and dashboard" \
      org.opencontainers.image.licenses="Apache-2.0"
# LightGBM needs libgomp1, pages and letters tell the time of a place (tzdata), TLS to others ca-certificates.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates libgomp1 python3 tzdata \
 && rm -rf /var/lib/apt/lists/* /var/log/apt /var/log/dpkg.log \
 && groupadd --gid 10001 garant \
 && useradd --uid 10001 --gid garant --no-create-home --home-dir /var/lib/garant --shell /usr/sbin/nologin garant \
 && install --directory --mode=0700 --owner=garant --group=garant /var/lib/garant \
 && install --directory --mode=0755 /etc/garant /srv/model
COPY --from=build /opt/garant /opt/garant
ENV PATH=/opt/garant/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    HOME=/var/lib/garant \
    GARANT_MASTER_KEY=/var/lib/garant/master.key \
    NUMBA_CACHE_DIR=/var/lib/garant/numba \
    PYTHONUNBUFFERED=1
USER 10001:10001
# garant.toml is looked for here; everything that is written goes to the two volumes, the rest may be read-only.
WORKDIR /etc/garant
VOLUME ["/var/lib/garant", "/tmp"]
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 CMD ["python", "-m", "garant.api.alive"]
ENTRYPOINT ["garant"]
CMD ["serve", "--bundle", "/srv/model", "--host", "0.0.0.0"]
