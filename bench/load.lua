-- A league in use, for wrk: of ten requests six read the table, one a card, two ask what is new,
-- one pushes a commit. What each connection sends is its own.
local hex = "0123456789abcdef"
local head = {}
local project, repo, player = os.getenv("PROJECT"), os.getenv("REPO"), os.getenv("PLAYER")
local push = "/api/v1/sync/projects/" .. project .. "/repos/" .. repo
local number = 0

function setup(thread)
  number = number + 1
  thread:set("seed", number)
end

function init(_)
  math.randomseed(seed * 7919 + os.time())
  head = { ["Authorization"] = "Bearer " .. os.getenv("KEY"), ["Content-Type"] = "application/json" }
end

local function sha()
  local digits = {}
  for place = 1, 40 do
    local digit = math.random(1, 16)
    digits[place] = hex:sub(digit, digit)
  end
  return table.concat(digits)
end

local function commit()
  return '{"commits":[{"sha":"' .. sha() .. '","author_name":"Grace","author_email":"grace@example.org",'
    .. '"committer_name":"Grace","committer_email":"grace@example.org","parents":[],'
    .. '"author_date":"2026-05-01T12:00:00Z","commit_date":"2026-05-01T12:00:00Z",'
    .. '"message_title":"Add a page","message_body":"","additions":10,"deletions":2,'
    .. '"files_changed":1,"is_merge":false,"parent_count":0}]}'
end

if os.getenv("PAUSE") then
  local pause = tonumber(os.getenv("PAUSE"))
  function delay() -- milliseconds: about as long as the variable says
    return math.random(math.floor(0.8 * pause), math.floor(1.2 * pause))
  end
end

function request()
  local kind = math.random(1, 10)
  if kind == 1 then
    return wrk.format("POST", push .. "/commits", head, commit())
  elseif kind <= 3 then
    return wrk.format("GET", push .. "/status", head)
  elseif kind == 4 then
    return wrk.format("GET", "/api/v1/players/" .. player, head)
  end
  return wrk.format("GET", "/api/v1/projects/" .. project .. "/standings?period=month", head)
end

function done(summary, latency, _)
  local errors = summary.errors
  io.write(string.format(
    '{"requests": %d, "seconds": %.1f, "p50": %.1f, "p99": %.1f, "refused": %d, "broken": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3,
    latency:percentile(99) / 1e3, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout))
end
