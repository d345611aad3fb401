-- Sends one GET after the other, each with the next token of a file, and prints one line of JSON at the end.
-- Usage: wrk … -s tokens.lua URL -- FILE   (without a file, no credential is sent)
local requests, at = {}, 0

function init(arguments)
  if not arguments[1] then
    requests[1] = wrk.format("GET")
    return
  end
  for token in io.lines(arguments[1]) do
    wrk.headers["Authorization"] = "Bearer " .. token
    requests[#requests + 1] = wrk.format("GET")
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"requests": %d, "microseconds": %d, "p50_us": %.0f, "p99_us": %.0f, "refused": %d, "broken": %d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
