-- Puts budgets back to where they were before a charge that has succeeded, each only if nothing has changed it since.
--
-- KEYS[i]: a budget. Three arguments for each: the value that the charge wrote, the value to put back, and when that
-- value stops to matter, in milliseconds since the Unix epoch. Returns how many came back.

local SLACK_MS = 1000

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local settled = 0

for i = 1, #KEYS do
  local at = (i - 1) * 3
  if redis.call('GET', KEYS[i]) == ARGV[at + 1] then
    local left = tonumber(ARGV[at + 3]) - now
    if left > 0 then
      redis.call('SET', KEYS[i], ARGV[at + 2], 'PX', string.format('%.0f', left + SLACK_MS))
    else
      redis.call('DEL', KEYS[i])
    end
    settled = settled + 1
  end
end

return settled
