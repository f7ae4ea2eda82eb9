-- Keeps images as long as an entry written now. Idempotent.
--
-- KEYS  per image: image (string)
-- ARGV  1 ms to keep, 0 = for ever
-- returns per image the ms it had left before; -1 = for ever, -2 = it does not exist
local keep = tonumber(ARGV[1])

local results = {}
for i = 1, #KEYS do
  local left = redis.call('PTTL', KEYS[i])
  if left >= 0 then
    if keep > 0 then redis.call('PEXPIRE', KEYS[i], keep) else redis.call('PERSIST', KEYS[i]) end
  end
  results[i] = left
end
return results
