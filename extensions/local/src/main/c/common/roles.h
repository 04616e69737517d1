/* The entry points of the roles; main.c calls one of them. */
#ifndef SANDBOXER_ROLES_H
#define SANDBOXER_ROLES_H

int launch_main(int argc, char **argv);
int end_main(int argc, char **argv);
int snapshot_main(int argc, char **argv);
int probe_main(int argc, char **argv);
int network_main(int argc, char **argv);
int init_main(int argc, char **argv);
int sudo_main(int argc, char **argv);

#endif
