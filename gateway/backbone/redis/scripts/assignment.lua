-- Replaces how conversations are served, each only where the version expected stands. A version is made by the caller, so that
-- the same change again finds itself there and changes nothing.
--
-- KEYS  per conversation: meta (hash, see append.lua)
-- ARGV  per conversation 5: version, the version expected ('' = none), phase, the muted sides as lines 'until side' ('-' = for ever) or '', text
-- returns per conversation 1, or where it was refused 'version text' of what is there ('' = nothing)
local results = {}
for i = 1, #KEYS do
  local a = i * 5 - 4
  local known = redis.call('HMGET', KEYS[i], 'v', 'd')
  local found = known[1] or ''
  if found == ARGV[a] then results[i] = 1
  elseif found ~= ARGV[a + 1] then results[i] = found == '' and '' or found .. ' ' .. known[2]
  else
    redis.call('HSET', KEYS[i], 'v', ARGV[a], 'd', ARGV[a + 4], 'p', ARGV[a + 2], 'b', ARGV[a + 3])
    -- what an operator's people have decided against somebody outlives what that one wrote
    if ARGV[a + 3] ~= '' then redis.call('PERSIST', KEYS[i]) end
    results[i] = 1
  end
end
return results
