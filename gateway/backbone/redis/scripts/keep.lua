-- Keeps images as long as an entry written now. Idempotent.
--
-- KEYS  per image: image (string)
-- ARGV  1 ms to keep, 0 = for ever
-- returns per image the ms it had left before; -1 = for ever, -2 = it does not exist
local function item(k)
  local keep, left = tonumber(ARGV[1]), redis.call('PTTL', KEYS[k])
  if left >= 0 then
    if keep > 0 then redis.call('PEXPIRE', KEYS[k], keep) else redis.call('PERSIST', KEYS[k]) end
  end
  return left
end
