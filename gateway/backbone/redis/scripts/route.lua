-- Writes into routes that a node subscribes to a channel, or does not any more. Also where the memory is full: who comes then can read.
--
-- KEYS  routes (string)
-- ARGV  per route 2: node, ms that it lasts, '' = the node leaves
-- returns per route 1 if it had the node before, else 0
local function item(k, a)
  local key, node, ms = KEYS[k], ARGV[a], ARGV[a + 1]
  local nodes, had, count = {}, 0, 0
  for each in string.gmatch(redis.call('GET', key) or '', '%S+') do
    if each == node then had = 1 end
    if each ~= node or ms ~= '' then
      count = count + 1
      nodes[count] = each
    end
  end
  if ms == '' then
    if had == 1 and count == 0 then redis.call('DEL', key)
    elseif had == 1 then redis.call('SET', key, table.concat(nodes, ' '), 'KEEPTTL') end
    return had
  end
  if had == 0 then nodes[count + 1] = node end
  redis.call('SET', key, table.concat(nodes, ' '), 'PX', ms)
  return had
end
