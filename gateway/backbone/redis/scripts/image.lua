-- Writes pieces of images, each at its place. The first makes the string as long as the whole image: one that grows gets up to a third more memory
-- than it needs. A piece that is there already changes nothing, nor how long the image stays: a repetition may come late, when the image is
-- kept for good. A piece whose predecessor is gone (a failover lost it) is not written. What is not written yet is NUL, which no piece contains.
--
-- KEYS  per piece: image (string)
-- ARGV  per piece: offset in bytes, the piece, bytes of the whole image, ms that the image stays after this piece (0 = for ever)
-- returns per piece 1; 0 = what precedes it is not there
local function isWritten(key, offset)
  local sign = redis.call('GETRANGE', key, offset, offset)
  return sign ~= '' and sign ~= '\0'
end
local results = {}
for i = 1, #KEYS do
  local key, at = KEYS[i], (i - 1) * 4
  local offset, piece, length, lasts = tonumber(ARGV[at + 1]), ARGV[at + 2], tonumber(ARGV[at + 3]), tonumber(ARGV[at + 4])
  if isWritten(key, offset) then
    results[i] = 1
  elseif offset > 0 and not isWritten(key, offset - 1) then
    results[i] = 0
  else
    if offset == 0 and length > #piece then redis.call('SETRANGE', key, length - 1, '\0') end
    redis.call('SETRANGE', key, offset, piece)
    if lasts > 0 then redis.call('PEXPIRE', key, lasts) else redis.call('PERSIST', key) end
    results[i] = 1
  end
end
return results
