# syntax=docker/dockerfile:1
FROM python:3.13-slim AS build

WORKDIR /srv/dxi
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv .venv
COPY requirements.lock ./
RUN .venv/bin/pip install --require-hashes -r requirements.lock
COPY pyproject.toml LICENSE ./
COPY app ./app
RUN .venv/bin/pip install --no-deps -e .

FROM python:3.13-slim

# The same path as above: a venv holds its own path, and the project in it is a pointer to this folder.
WORKDIR /srv/dxi
RUN useradd --system --uid 10001 --home-dir /var/lib/dxi --create-home dxi
COPY --from=build /srv/dxi/.venv ./.venv
COPY pyproject.toml alembic.ini LICENSE ./
COPY migrations ./migrations
COPY seeds ./seeds
COPY app ./app
# Nobody may write here later, and what is not compiled would be at every start.
RUN .venv/bin/python -m compileall -q app migrations

ENV PATH=/srv/dxi/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DXI_HOST=0.0.0.0 \
    DXI_PORT=8000 \
    DXI_DATABASE_URL=sqlite:////var/lib/dxi/dxi.db

USER 10001
VOLUME /var/lib/dxi
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f\"http://127.0.0.1:{os.environ['DXI_PORT']}/healthz\", timeout=2)"]
STOPSIGNAL SIGTERM
CMD ["dxi", "serve"]
