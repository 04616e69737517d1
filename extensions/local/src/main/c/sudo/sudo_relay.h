#ifndef SANDBOXER_SUDO_RELAY_H
#define SANDBOXER_SUDO_RELAY_H

/* Passes signals and terminal data on until the command ends. Returns the client's exit status. master: of the command's PTY,
 * or -1. */
int sudo_relay(int agent, int master);
int sudo_open_terminal(int standard[3]); /* puts a PTY's slave where a terminal was; returns the master */

#endif
