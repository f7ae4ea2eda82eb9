-- Stands before every script that publishes (scripts.ts): puts texts into the inboxes of nodes. A route is the string of the nodes that subscribe to a
-- channel. All texts that a call has for a node go in one publish, which is numbered, so that the node notices when one is lost.
--
-- Routes are arguments and not KEYS, because most people are not there and have none: while a Cluster moves a slot, it refuses calls of which it has some keys
-- and lacks others. Where a route cannot be read then, nobody gets the text; nodes read what they may have missed when their channels have moved as well.
local boxes, nodesOf, consulted, consultedCount, toldCount = {}, {}, {}, 0, 0

local function put(node, text)
  local box = boxes[node]
  if not box then
    box = { told = 0, texts = { '' }, count = 1 }
    boxes[node] = box
  end
  -- a node may be in both routes
  if box.told == toldCount then return end
  box.told, box.count = toldCount, box.count + 1
  box.texts[box.count] = text
end

local function follow(key, route, text)
  if not route then return end
  consulted[consultedCount + 1], consulted[consultedCount + 2] = key, route
  consultedCount = consultedCount + 2
  local nodes = nodesOf[route]
  if not nodes then
    nodes = {}
    for node in string.gmatch(route, '%S+') do nodes[#nodes + 1] = node end
    nodesOf[route] = nodes
  end
  for i = 1, #nodes do put(nodes[i], text) end
end

-- The values of routes; false where there is none or it cannot be read.
local function lookUp(...)
  local found = redis.pcall('MGET', ...)
  if not found.err then return found end
  local each = {}
  for i, key in ipairs({ ... }) do
    local route = redis.pcall('GET', key)
    each[i] = type(route) == 'string' and route
  end
  return each
end

-- Puts a text into the inbox of every node of two routes, once. `one`, `two`: keys of the routes; with their values, from lookUp.
local function tell(one, routeOne, two, routeTwo, text)
  toldCount = toldCount + 1
  follow(one, routeOne, text)
  follow(two, routeTwo, text)
end

-- Takes nodes whose inboxes nobody subscribes to out of the routes that name them; a node that is back writes its routes again.
local function forget(gone)
  for i = 1, consultedCount, 2 do
    local key, route, left, count = consulted[i], consulted[i + 1], {}, 0
    for node in string.gmatch(route, '%S+') do
      if not gone[node] then
        count = count + 1
        left[count] = node
      end
    end
    if count == 0 then redis.pcall('DEL', key) else redis.pcall('SET', key, table.concat(left, ' '), 'KEEPTTL') end
  end
end

-- Publishes what the inboxes have got. `key`: of any route, because the keys of inboxes begin like it. Returns Redis' error where it refused a publish.
local function deliver(publish, key)
  local start, gone, failure = string.match(key, '^(.-)at:'), nil, nil
  for node, box in pairs(boxes) do
    -- where the server's memory is full nothing can be counted, and what is published is not numbered
    local number = redis.pcall('INCR', start .. 'in:' .. node)
    box.texts[1] = type(number) == 'table' and '0' or string.format('%.0f', number)
    local heard = redis.pcall(publish, 'ImInbox:' .. string.sub(start, 4) .. node, table.concat(box.texts, '\30'))
    if type(heard) == 'table' then failure = heard.err
    elseif heard == 0 then
      redis.pcall('DEL', start .. 'in:' .. node)
      gone = gone or {}
      gone[node] = true
    end
  end
  if gone then forget(gone) end
  return failure
end
