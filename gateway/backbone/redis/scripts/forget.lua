-- Removes entries written before a limit. Times in a log never decrease, so binary search finds the first entry to keep.
--
-- KEYS  per log: log (list)
-- ARGV  per log 1: ms since the epoch
-- returns per log how many were removed
local function item(k, a)
  local log, limit = KEYS[k], tonumber(ARGV[a])
  local function isOld(at)
    return tonumber(string.match(redis.call('LINDEX', log, at), '"at":([^,}]+)}$')) < limit
  end
  local length = redis.call('LLEN', log)
  if length == 0 or not isOld(0) then return 0 end
  local low, high = 0, length - 1
  while high - low > 1 do
    local middle = math.floor((low + high) / 2)
    if isOld(middle) then low = middle else high = middle end
  end
  redis.call('LTRIM', log, high, -1)
  return high
end
