-- Reads pages of logs; each page is of one moment. Writes nothing.
--
-- KEYS  per page: meta (hash), log (stream)
-- ARGV  per page 3: newest | oldest, the first (oldest) or last (newest) number wanted or '' , how many
-- returns per page {{field, value, … of meta}, {{id, {p, prev, m, json}}, …}}; newest: descending
local results = {}
for i = 0, #KEYS / 2 - 1 do
  local meta, log, order, bound, count = KEYS[i * 2 + 1], KEYS[i * 2 + 2], ARGV[i * 3 + 1], ARGV[i * 3 + 2], ARGV[i * 3 + 3]
  local entries
  if order == 'newest' then
    entries = redis.call('XREVRANGE', log, bound == '' and '+' or bound, '-', 'COUNT', count)
  else
    entries = redis.call('XRANGE', log, bound, '+', 'COUNT', count)
  end
  results[i + 1] = { redis.call('HGETALL', meta), entries }
end
return results
