// Package faultpoint marks the moments at which a process may be killed by a test: between statements, around reactions, around the commit. Programs
// that are built without the tag fault do nothing there.
package faultpoint

// Header arms a request: with "2 commit is sent" the process kills itself when the request passes the second point of that name; with "0" the answer
// lists all points that it passed, in the header of the same name. Only programs that are built with the tag fault look at it.
const Header = "X-Fault-Point"
