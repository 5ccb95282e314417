-- tenon:tolerates 8
-- What vendors have been asked for and nobody needs any more is looked for with each shortfall: there is little of it.
CREATE INDEX requisition_unneeded_idx ON requisition (product_id) WHERE unneeded_quantity > 0;
