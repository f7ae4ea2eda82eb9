-- Publishes texts to nodes that subscribe to channels, and stores nothing.
--
-- KEYS  per text: a route (string)
-- ARGV  1 PUBLISH | SPUBLISH   then per text 2: another route, which may be the same; the text
-- returns per text 1
local results = {}
for i = 1, #KEYS do
  local one, two = KEYS[i], ARGV[i * 2]
  local found = lookUp(one, two)
  tell(one, found[1], two, found[2], ARGV[i * 2 + 1])
  results[i] = 1
end
local failure = deliver(ARGV[1], KEYS[1])
return failure and { err = failure } or results
