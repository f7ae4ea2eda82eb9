-- Replaces assignments of conversations, each only if it has the expected version. The caller makes the new version, so the same
-- change again finds itself stored and changes nothing.
--
-- KEYS  per conversation: meta (hash, see append.lua)
-- ARGV  per conversation 5: version, expected version ('' = none), phase, muted sides as 'until side' ('-' = for ever) separated by newlines, text
-- returns per conversation 1, or if refused 'version text' of what is stored ('' = nothing)
local results = {}
for i = 1, #KEYS do
  local a = i * 5 - 4
  local known = redis.call('HMGET', KEYS[i], 'v', 'd')
  local found = known[1] or ''
  if found == ARGV[a] then results[i] = 1
  elseif found ~= ARGV[a + 1] then results[i] = found == '' and '' or found .. ' ' .. known[2]
  else
    redis.call('HSET', KEYS[i], 'v', ARGV[a], 'd', ARGV[a + 4], 'p', ARGV[a + 2], 'b', ARGV[a + 3])
    -- a block by the shop outlives the messages of the blocked person
    if ARGV[a + 3] ~= '' then redis.call('PERSIST', KEYS[i]) end
    results[i] = 1
  end
end
return results
