"""Traces and reports of errors, to servers that the operator names. Loaded only where one is named.

A span is named by the template of its route and carries neither address, header nor body; what is
reported of an error goes through the same blotting as the log.
"""

from __future__ import annotations

from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from gitleague import __version__
from gitleague.core.errors import SettingsError
from gitleague.core.log import redact
from gitleague.core.metrics import route_of
from gitleague.core.settings import Settings


def report_errors(settings: Settings) -> None:
    """From now on what is logged as an error is reported too. Raises SettingsError."""
    dsn = settings.errors_dsn.get_secret_value()
    if not dsn:
        return
    try:
        import sentry_sdk  # noqa: PLC0415 - an extra that most servers do without
    except ImportError:
        raise _missing("ERRORS_DSN", "errors") from None
    sentry_sdk.init(
        dsn=dsn,
        release=__version__,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[_log_of_errors()],
        before_send=lambda event, _hint: _blotted(event),
    )


def tracing(settings: Settings) -> Traces | None:
    """Raises SettingsError."""
    if not settings.traces_url:
        return None
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
            OTLPSpanExporter,
        )
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ImportError:
        raise _missing("TRACES_URL", "traces") from None
    provider = TracerProvider(resource=Resource({"service.name": "gitleague"}))
    exporter = OTLPSpanExporter(endpoint=settings.traces_url, timeout=5)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return Traces(provider)


class Traces:
    """Where spans go."""

    def __init__(self, provider: Any) -> None:
        self._provider = provider

    def around(self, app: ASGIApp) -> ASGIApp:
        return Traced(app, self._provider.get_tracer("gitleague", __version__))

    def flush(self) -> None:
        self._provider.force_flush()

    def close(self) -> None:
        self._provider.shutdown()


class Traced:
    """A span for each request."""

    def __init__(self, app: ASGIApp, tracer: Any) -> None:
        self.app = app
        self.tracer = tracer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def noting(message: Any) -> None:
            if message["type"] == "http.response.start":
                span.set_attribute("http.response.status_code", message["status"])
            await send(message)

        with self.tracer.start_as_current_span(scope["method"]) as span:
            try:
                await self.app(scope, receive, noting)
            finally:
                route = route_of(scope)
                span.update_name(f"{scope['method']} {route}")
                span.set_attribute("http.request.method", scope["method"])
                span.set_attribute("http.route", route)
                span.set_attribute("request_id", scope.get("state", {}).get("request_id", ""))


def _log_of_errors() -> Any:
    import logging  # noqa: PLC0415

    from sentry_sdk.integrations.logging import LoggingIntegration  # noqa: PLC0415

    return LoggingIntegration(level=None, event_level=logging.ERROR)


def _blotted(value: Any) -> Any:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {name: _blotted(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_blotted(part) for part in value]
    return value


def _missing(setting: str, extra: str) -> SettingsError:
    return SettingsError(
        f"GITLEAGUE_{setting} is set, but what it needs is not installed. "
        f"Run: pip install 'gitleague[{extra}]'"
    )
