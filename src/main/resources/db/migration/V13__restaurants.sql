-- Restaurants change: hours, tables and rules, and one closes for good. What was booked stays as it is.
CREATE SEQUENCE restaurant_version;

ALTER TABLE restaurant
    -- Another one after each change, of whatever restaurant.
    ADD COLUMN version   bigint NOT NULL DEFAULT nextval('restaurant_version') UNIQUE,
    -- From then on nothing is booked in it, and its number is free for another.
    ADD COLUMN closed_at timestamptz,
    DROP CONSTRAINT restaurant_phone_key;

CREATE UNIQUE INDEX restaurant_by_phone ON restaurant (phone) WHERE closed_at IS NULL;

ALTER TABLE restaurant_table
    -- Who sat there is still known.
    ADD COLUMN removed_at timestamptz,
    DROP CONSTRAINT restaurant_table_restaurant_id_name_key;

CREATE UNIQUE INDEX restaurant_table_by_name ON restaurant_table (restaurant_id, name) WHERE removed_at IS NULL;

DROP FUNCTION reservation_table(uuid, integer, timestamptz, timestamptz, uuid);

-- The smallest table that is free for so many then, or null; -1 where the restaurant is not any more what the guest was
-- told it is. Whoever asks has the restaurant's book to itself until the end of its transaction: two who want the same
-- table wait for each other and do not fail on each other, and nobody is booked into what is changed at that moment.
CREATE FUNCTION reservation_table(
    in_restaurant uuid, in_version bigint, party integer, begins timestamptz, ends timestamptz, leaving uuid
) RETURNS integer LANGUAGE plpgsql VOLATILE SET lock_timeout = '1500ms' AS $$
BEGIN
    PERFORM 1 FROM restaurant WHERE id = in_restaurant FOR NO KEY UPDATE;
    -- Volatile: sees what was booked, and changed, while the book was waited for.
    IF NOT EXISTS (SELECT 1 FROM restaurant WHERE id = in_restaurant AND version = in_version AND closed_at IS NULL) THEN
        RETURN -1;
    END IF;
    RETURN (
        SELECT t.id FROM restaurant_table t
        WHERE t.restaurant_id = in_restaurant AND t.removed_at IS NULL AND t.seats >= party AND NOT EXISTS (
            SELECT 1 FROM reservation r
            WHERE r.table_id = t.id AND upper(r.period) > begins AND lower(r.period) < ends AND r.status IN ('BOOKED', 'ARRIVED')
              AND r.id IS DISTINCT FROM leaving)
        ORDER BY t.seats, t.id LIMIT 1);
END $$;
