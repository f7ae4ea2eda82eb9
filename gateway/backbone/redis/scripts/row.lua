-- In front of scripts that read rows of lists (scripts.ts). A row is {head}, or with `most`
-- {head, {field, value, … of meta}, the newest entry, or only its bytes where it has more than `most`; '' where there is none}
local function row(head, log, meta, most)
  if not head or most == '' then return { head or '' } end
  local entry = redis.call('LINDEX', log, -1) or ''
  return { head, redis.call('HGETALL', meta), #entry > tonumber(most) and #entry or entry }
end

