-- Writes pieces of images, each at its place. Idempotent. A piece whose predecessor is gone (a failover lost it) is not written.
--
-- KEYS  per piece: image (string)
-- ARGV  per piece: offset in bytes, the piece, ms that the image stays after this piece (0 = for ever)
-- returns per piece 1; 0 = what precedes it is not there
local results = {}
for i = 1, #KEYS do
  local key, at = KEYS[i], (i - 1) * 3
  local offset, piece, lasts = tonumber(ARGV[at + 1]), ARGV[at + 2], tonumber(ARGV[at + 3])
  if redis.call('STRLEN', key) < offset then
    results[i] = 0
  else
    redis.call('SETRANGE', key, offset, piece)
    if lasts > 0 then redis.call('PEXPIRE', key, lasts) else redis.call('PERSIST', key) end
    results[i] = 1
  end
end
return results
