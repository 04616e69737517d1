#include "process/process.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_COMMANDS = 7 << 20 }; /* bytes of argv and env kept for LIST, of all processes together */

static struct process *all;
static unsigned alive, ended_count;
static size_t commands;
static uint64_t serials;

unsigned processes_alive(void) {
    return alive;
}

bool processes_forgotten(void) {
    return alive == 0 && ended_count == 0;
}

bool process_room(size_t command_length) {
    return alive < MAX_PROCESSES && commands + command_length <= MAX_COMMANDS;
}

struct process *process_new(void) {
    struct process *p = calloc(1, sizeof *p);
    if (!p)
        return NULL;
    p->status.fd = p->input.fd = p->output[0].source.fd = p->output[1].source.fd = -1;
    p->output[0].process = p->output[1].process = p;
    return p;
}

static void free_command(struct process *p) {
    commands -= p->command.len;
    out_free(&p->command);
    free(p->cwd);
    p->cwd = NULL;
}

static void leave_list(struct process *p) {
    if (!p->link)
        return;
    *p->link = p->next;
    if (p->next)
        p->next->link = p->link;
    p->link = NULL;
}

void process_list(struct process *p) {
    p->serial = ++serials;
    p->next = all;
    p->link = &all;
    if (all)
        all->link = &p->next;
    all = p;
    alive++;
    commands += p->command.len;
}

void process_list_ended(struct process *p) {
    p->state = ENDED;
    alive--;
    ended_count++;
    free_command(p);
}

void process_free(struct process *p) {
    child_forget(&p->child);
    source_close(&p->status);
    source_close(&p->input);
    source_close(&p->output[0].source);
    source_close(&p->output[1].source);
    timer_stop(&p->timeout);
    timer_stop(&p->timer);
    if (p->link) {
        free_command(p);
        if (p->state == ENDED)
            ended_count--;
        else
            alive--;
        leave_list(p);
    } else {
        out_free(&p->command);
    }
    out_free(&p->report);
    free(p->tag);
    free_later(p);
}

void process_limit_ended(void) {
    struct process *oldest = NULL;
    for (struct process *p = all; p && ended_count > MAX_ENDED; p = p->next)
        if (p->state == ENDED)
            oldest = p;
    if (oldest)
        process_free(oldest);
}

struct process *process_find(uint32_t pid, const char *tag) {
    struct process *found = NULL;
    for (struct process *p = all; p; p = p->next) {
        if (p->state == STARTING || p->sudo || (found && p->state >= found->state))
            continue;
        if (pid ? (uint32_t)p->child.pid == pid : *tag && strcmp(p->tag, tag) == 0)
            found = p;
    }
    return found;
}

struct process *process_next(uint64_t serial) {
    struct process *found = NULL;
    for (struct process *p = all; p && p->serial > serial; p = p->next)
        if (p->state != STARTING && p->state != ENDED && !p->sudo)
            found = p;
    return found;
}

/* Before a child is reaped, its pid can't be reused. While it is DRAINING, only its group is signalled: the group exists as long
 * as it has members, and background children that keep the output open usually are members. Once the group is empty, its id may be
 * reused. */
bool process_signal(struct process *p, uint32_t signo, bool group) {
    if (p->state == ENDED || (p->state == DRAINING && !group)) {
        errno = ESRCH;
        return false;
    }
    return kill(group ? -p->child.pid : p->child.pid, (int)signo) == 0;
}
