#ifndef SANDBOXER_SUDO_RELAY_H
#define SANDBOXER_SUDO_RELAY_H

/* Passes signals and terminal data on until the command ends. Returns the client's exit status. master: of the command's PTY;
 * -1: none. */
int sudo_relay(int agent, int master);
int sudo_open_terminal(int standard[3]); /* replaces each terminal by the slave of a new PTY; returns the master, or -1 */

#endif
