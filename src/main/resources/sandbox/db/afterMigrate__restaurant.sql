-- One restaurant at the sandbox's own number, to try booking in. It is there again at the next start, and once.
INSERT INTO restaurant (id, name, phone, time_zone, hours, slot_minutes, stay_minutes, lead_minutes, days_ahead,
    min_party, max_party)
VALUES ('01990f6e-5b0a-7000-8000-000000000001', 'Trattoria Sandbox', '+15550001000', 'America/New_York', '{
    "week": {
        "TUESDAY": [{"opens": "17:00", "closes": "23:00"}],
        "WEDNESDAY": [{"opens": "17:00", "closes": "23:00"}],
        "THURSDAY": [{"opens": "17:00", "closes": "23:00"}],
        "FRIDAY": [{"opens": "12:00", "closes": "15:00"}, {"opens": "17:00", "closes": "00:00"}],
        "SATURDAY": [{"opens": "12:00", "closes": "15:00"}, {"opens": "17:00", "closes": "00:00"}],
        "SUNDAY": [{"opens": "12:00", "closes": "22:00"}],
        "MONDAY": [{"opens": "17:00", "closes": "22:00"}]},
    "exceptions": {}}', 15, 120, 30, 90, 1, 8)
ON CONFLICT DO NOTHING;

INSERT INTO restaurant_table (restaurant_id, name, seats)
SELECT r.id, t.name, t.seats
FROM restaurant r, (VALUES ('Window', 2), ('Bar', 2), ('Garden', 4), ('Hearth', 4), ('Long table', 8)) t (name, seats)
WHERE r.id = '01990f6e-5b0a-7000-8000-000000000001'
  AND NOT EXISTS (SELECT 1 FROM restaurant_table it WHERE it.restaurant_id = r.id)
ON CONFLICT DO NOTHING;
