-- Removes items from collections, each only in the expected version. Idempotent.
--
-- KEYS  per item: collection (hash, see put.lua)
-- ARGV  per item 3: key, now, expected version ('*' = any)
-- returns per item 1 if it is gone, else 0
local results = {}
for i = 1, #KEYS do
  local key, now, expect = ARGV[i * 3 - 2], tonumber(ARGV[i * 3 - 1]), ARGV[i * 3]
  local known = redis.call('HGET', KEYS[i], key)
  results[i] = 1
  if known then
    local found, ends = string.match(known, '^(%S+) (%d+) ')
    local isOver = tonumber(ends) > 0 and tonumber(ends) <= now
    if isOver or expect == '*' or expect == found then redis.call('HDEL', KEYS[i], key) else results[i] = 0 end
  end
end
return results
