"""The environment variables of the client, which the server has to let stand beside its own."""

PREFIX = "GITLEAGUE_"
# Those that take the place of a line in repos.yaml.
CONFIG = {
    name: PREFIX + name.upper()
    for name in ("api_url", "api_key", "batch_size", "max_retries", "jobs")
}
# What git is told when it fetches.
FETCH_USERNAME, FETCH_PASSWORD = f"{PREFIX}FETCH_USERNAME", f"{PREFIX}FETCH_PASSWORD"
NAMES = frozenset({*CONFIG.values(), FETCH_USERNAME, FETCH_PASSWORD})
