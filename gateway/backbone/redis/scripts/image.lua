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

local function item(k, a)
  local key, offset, piece, length, lasts = KEYS[k], tonumber(ARGV[a]), ARGV[a + 1], tonumber(ARGV[a + 2]), tonumber(ARGV[a + 3])
  if isWritten(key, offset) then return 1 end
  if offset > 0 and not isWritten(key, offset - 1) then return 0 end
  if offset == 0 and length > #piece then redis.call('SETRANGE', key, length - 1, '\0') end
  redis.call('SETRANGE', key, offset, piece)
  if lasts > 0 then redis.call('PEXPIRE', key, lasts) else redis.call('PERSIST', key) end
  return 1
end
