-- Publishes texts to nodes that subscribe to channels, and stores nothing.
--
-- KEYS  per text: two routes (string), which may be the same
-- ARGV  1 PUBLISH | SPUBLISH   then the texts
-- returns per text 1
local results, found = {}, redis.call('MGET', unpack(KEYS))
for i = 1, #KEYS, 2 do
  tell(KEYS[i], found[i], KEYS[i + 1], found[i + 1], ARGV[(i + 3) / 2])
  results[(i + 1) / 2] = 1
end
local failure = deliver(ARGV[1], KEYS[1])
return failure and { err = failure } or results
