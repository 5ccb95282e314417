-- What people leave on records for each other: who is named in a remark, and views that others see or that nobody changes by mistake.
ALTER TABLE record_comment ADD COLUMN mentions text[] NOT NULL DEFAULT '{}';
ALTER TABLE saved_view ADD COLUMN layout text NOT NULL DEFAULT 'table';
ALTER TABLE saved_view ADD CONSTRAINT saved_view_layout_check CHECK (layout IN ('table', 'kanban', 'calendar', 'gantt'));
ALTER TABLE saved_view ADD COLUMN shared boolean NOT NULL DEFAULT false;
ALTER TABLE saved_view ADD COLUMN locked boolean NOT NULL DEFAULT false;
