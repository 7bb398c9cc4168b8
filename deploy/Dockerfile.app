# The modern environment: chat server, action server and model server are one image with different commands.
#   docker build -f deploy/Dockerfile.app -t careline-app .
ARG PYTHON=python:3.11.13-slim-bookworm
ARG NODE=node:22.17.0-bookworm-slim

FROM ${NODE} AS web
WORKDIR /build
COPY bot/web/package.json bot/web/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY bot/web ./
RUN npm run build

FROM ${PYTHON} AS packages
# Where pip looks for the CPU build of torch; without it pip takes the build for NVIDIA cards, several GB larger.
ARG PIP_EXTRA_INDEX_URL=
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PATH=/opt/careline/bin:$PATH
RUN python -m venv /opt/careline && pip install pip==26.3
COPY deploy/app.txt /tmp/app.txt
RUN pip install -c /tmp/app.txt torch==2.13.0 && pip install --no-deps -r /tmp/app.txt

FROM packages AS weights
WORKDIR /srv/careline
COPY models models
RUN CARELINE_STATE=/var/lib/careline python -m models.weights

FROM ${PYTHON} AS app
RUN useradd --uid 10001 --home-dir /srv/careline --shell /usr/sbin/nologin careline \
    && mkdir -p /var/lib/careline/index /var/lib/careline/knowledge \
    && chown -R careline /var/lib/careline \
    && printf '#!/bin/sh\nexec python -m bot.cli "$@"\n' > /usr/local/bin/careline \
    && chmod 755 /usr/local/bin/careline
COPY --from=packages /opt/careline /opt/careline
COPY --from=weights /var/lib/careline/weights /var/lib/careline/weights
WORKDIR /srv/careline
COPY config.yml domain.yml endpoints.yml credentials.yml ./
COPY data data
COPY models models
COPY actions actions
COPY bot bot
COPY --from=web /build/dist bot/web/dist
ENV PATH=/opt/careline/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    CARELINE_STATE=/var/lib/careline \
    CARELINE_HOST=0.0.0.0 \
    SANIC_HOST=0.0.0.0 \
    MODELS_HOST=0.0.0.0
USER 10001
RUN python -m bot.cli knowledge index --own
EXPOSE 8080
CMD ["python", "-m", "bot.server"]
