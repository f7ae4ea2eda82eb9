-- Enters conversations into lists. Monotone: a time only moves forward.
-- A list expires with the last of its conversations if all of them expire.
--
-- KEYS  per entry: list (sorted set)
-- ARGV  per entry 3: score (see list-seconds.ts), conversation, ms until it is forgotten or '' if it stays
-- returns per entry 1
local function item(k, a)
  local list, at, conversation, ms = KEYS[k], ARGV[a], ARGV[a + 1], ARGV[a + 2]
  if ms == '' then
    redis.call('ZADD', list, 'GT', at, conversation)
    redis.call('PERSIST', list)
    return 1
  end
  local isNew = redis.call('EXISTS', list) == 0
  redis.call('ZADD', list, 'GT', at, conversation)
  if isNew then redis.call('PEXPIRE', list, ms) else redis.call('PEXPIRE', list, ms, 'GT') end
  return 1
end
