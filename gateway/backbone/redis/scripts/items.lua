-- Reads whole collections, and removes what expired a minute ago: the clocks of the nodes may differ a little.
--
-- KEYS  per collection: collection (hash, see put.lua)
-- ARGV  per collection 1: now
-- returns per collection {key, text, key, text …} of what has not expired
local KEEP_EXPIRED = 60000

local function item(k, a)
  local now, all, live = tonumber(ARGV[a]), redis.call('HGETALL', KEYS[k]), {}
  for n = 1, #all, 2 do
    local ends = tonumber(string.match(all[n + 1], '^%S+ (%d+) '))
    if ends == 0 or ends > now then
      live[#live + 1] = all[n]
      live[#live + 1] = all[n + 1]
    elseif ends + KEEP_EXPIRED <= now then redis.call('HDEL', KEYS[k], all[n]) end
  end
  return live
end
