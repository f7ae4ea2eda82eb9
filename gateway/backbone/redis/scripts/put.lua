-- Puts items into collections or removes them, each only if the stored version is the expected one. The caller makes the new version, so the same
-- put again finds itself stored and changes nothing. A collection whose items all expire, expires with the last of them.
--
-- KEYS  per item: collection (hash of key → 'version expiresAt value', expiresAt 0 = never)
-- ARGV  per item 6: key, version, now, expiresAt, expected version ('' = none, '*' = any), value; an item with expiresAt '-' is removed
-- returns per item 1, or if refused what is stored ('' = nothing)
local FORGET_LATER = 60000

local function item(k, a)
  local collection = KEYS[k]
  local key, version, now, expiresAt, expect = ARGV[a], ARGV[a + 1], tonumber(ARGV[a + 2]), ARGV[a + 3], ARGV[a + 4]
  local known = redis.call('HGET', collection, key)
  local found, ends = '', 0
  if known then
    found, ends = string.match(known, '^(%S+) (%d+) ')
    if found == version then return 1 end
    if tonumber(ends) > 0 and tonumber(ends) <= now then known, found = false, '' end
  end
  local isRemoved = expiresAt == '-'
  if expect ~= '*' and expect ~= found and (known or not isRemoved) then return known or '' end
  if isRemoved then
    redis.call('HDEL', collection, key)
    return 1
  end
  local isNew = redis.call('EXISTS', collection) == 0
  redis.call('HSET', collection, key, version .. ' ' .. expiresAt .. ' ' .. ARGV[a + 5])
  if expiresAt == '0' then redis.call('PERSIST', collection)
  else
    local ms = string.format('%.0f', math.max(1, tonumber(expiresAt) - now) + FORGET_LATER)
    if isNew then redis.call('PEXPIRE', collection, ms) else redis.call('PEXPIRE', collection, ms, 'GT') end
  end
  return 1
end
