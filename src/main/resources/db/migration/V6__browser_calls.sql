-- A call from a page of ours: no carrier knows of it, so none is asked what became of it or what it cost.
ALTER TABLE call ADD CONSTRAINT call_of_a_browser_is_unknown_to_twilio
    CHECK (carrier <> 'BROWSER' OR twilio_call_sid IS NULL);
