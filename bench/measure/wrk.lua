-- Sends the cookies of a file by turns (its path is the first argument), and reports one line of JSON.

local cookies = {}
local at = 0

function init(args)
  if args[1] == nil then return end
  for line in io.lines(args[1]) do cookies[#cookies + 1] = line end
  if #cookies == 1 then
    wrk.headers["Cookie"] = cookies[1]
  else
    local requests = {}
    for i, cookie in ipairs(cookies) do requests[i] = wrk.format("GET", nil, { ["Host"] = wrk.host, ["Cookie"] = cookie }) end
    request = function()
      at = at % #requests + 1
      return requests[at]
    end
  end
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"microseconds":%d,"failed":%d,"p50":%d,"p99":%d}\n',
    summary.requests, summary.duration,
    e.connect + e.read + e.write + e.status + e.timeout,
    latency:percentile(50), latency:percentile(99)
  ))
end
