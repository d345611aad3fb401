-- Issues one token after the other over the JSON API, and prints one line of JSON at the end.
-- Usage: wrk … -s issue.lua URL -- ACCESS-TOKEN SCOPE
local head, scope, at = {}, "", 0

function init(arguments)
  head["Authorization"] = "Bearer " .. arguments[1]
  head["Content-Type"] = "application/json"
  scope = arguments[2]
end

function request()
  at = at + 1
  local body = string.format('{"name": "load %d", "scopes": ["%s"], "lifetime_s": 3600}', at, scope)
  return wrk.format("POST", nil, head, body)
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"requests": %d, "microseconds": %d, "p50_us": %.0f, "p99_us": %.0f, "refused": %d, "broken": %d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
