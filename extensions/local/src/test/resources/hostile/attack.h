/* Attacks from inside a sandbox. Each prints a line per attempt with its result: `name=EPERM`, or `name=OK` if it succeeded. */
#pragma once

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Prints the outcome of a call that returns a negative number on failure. */
void tried(const char *name, long result);

/* Opens a file and writes the text to it; NULL: the content that it already has. */
void try_write(const char *name, const char *path, const char *text);
void try_open(const char *name, const char *path, int flags);

void attack_proc_sys(void);
void attack_namespaces(void);
void attack_calls(void);
void attack_devices(void);
void attack_families(void);
void attack_foreign_calls(void);
void attack_terminal(void);

void attack_agent_memory(void);
void attack_agent_signals(void);
void attack_agent_limits(void);
void attack_agent_id(void);
void attack_processes(char **pids);
void attack_race(char **arguments);

void neighbour_exhaust(void);
void neighbour_need(void);
void neighbour_lock(char **paths);
void neighbour_watch(char **paths);

void load_fork_bomb(void);
void load_memory(void);
void load_orphans(char **arguments);
void load_descriptors(void);
void load_terminals(void);
void load_spin(char **arguments);
