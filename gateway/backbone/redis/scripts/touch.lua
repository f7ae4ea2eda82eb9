-- Enters conversations into lists that live on another server than their logs. Monotone: a time only moves forward.
-- A list expires with the last of its conversations if all of them expire.
--
-- KEYS  per entry: list (sorted set)
-- ARGV  per entry 3: at, conversation, ms until it is forgotten or '' if it stays
-- returns per entry 1 if the list expires, else 0
local function enter(list, at, conversation, ms)
  if ms == '' then
    redis.call('ZADD', list, 'GT', at, conversation)
    redis.call('PERSIST', list)
    return 0
  end
  local isNew = redis.call('EXISTS', list) == 0
  redis.call('ZADD', list, 'GT', at, conversation)
  if isNew then redis.call('PEXPIRE', list, ms) else redis.call('PEXPIRE', list, ms, 'GT') end
  return redis.call('PTTL', list) > 0 and 1 or 0
end

local results = {}
for i = 1, #KEYS do results[i] = enter(KEYS[i], ARGV[i * 3 - 2], ARGV[i * 3 - 1], ARGV[i * 3]) end
return results
