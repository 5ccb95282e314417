-- Work that waits or has ended is forgotten.
DROP TABLE task;
