FROM node:22.21.1-trixie-slim AS front-end
WORKDIR /build/frontend
COPY frontend/package.json frontend/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY frontend ./
# The safety table and its like are read by both sides from one place.
COPY backend/glidepath/clinical /build/backend/glidepath/clinical
RUN npm run build

FROM python:3.13.9-slim-trixie AS packages
RUN pip install --no-cache-dir uv==0.13.9
WORKDIR /glidepath
ENV UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1
COPY pyproject.toml uv.lock README.md LICENSE ./
RUN uv sync --frozen --no-dev --no-install-project
COPY scripts scripts
COPY migrations migrations
COPY backend backend
COPY --from=front-end /build/frontend/dist frontend/dist
# The detector is compiled here, where its result can still be written beside it.
RUN uv sync --frozen --no-dev --no-editable \
  && .venv/bin/python -c 'from glidepath.trends import warm_up; warm_up()'

FROM python:3.13.9-slim-trixie
RUN useradd --system --uid 10001 --no-create-home glidepath \
  && install --directory --owner glidepath --mode 0700 /var/lib/glidepath
COPY --from=packages /glidepath/.venv /glidepath/.venv
ENV PATH=/glidepath/.venv/bin:$PATH PYTHONUNBUFFERED=1
# By its number: who starts the image can then tell that it is not root.
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=6 \
  CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/livez', timeout=3)"]
ENTRYPOINT ["glidepath"]
CMD ["serve"]
