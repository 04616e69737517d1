package dev.sandboxer.local.agent;

/** Frame types of the agent's protocol, as in {@code docs/agent-protocol.md}. */
final class FrameType {
    static final int OK = 1;
    static final int ERROR = 2;
    static final int END = 3;
    static final int PING = 10;
    static final int PONG = 11;
    static final int DEADLINE = 12;
    static final int START = 20;
    static final int ATTACH = 21;
    static final int LIST = 22;
    static final int SIGNAL = 23;
    static final int INPUT = 24;
    static final int CLOSE_STDIN = 25;
    static final int RESIZE = 26;
    static final int STARTED = 30;
    static final int PROCESS = 31;
    static final int OUTPUT = 32;
    static final int EXIT = 33;
    static final int STREAM_INPUT = 34;
    static final int STREAM_CLOSE_STDIN = 35;
    static final int STREAM_RESIZE = 36;
    static final int STREAM_SIGNAL = 37;
    static final int STAT = 40;
    static final int LIST_DIR = 41;
    static final int READ = 42;
    static final int WRITE = 43;
    static final int MKDIR = 44;
    static final int MOVE = 45;
    static final int REMOVE = 46;
    static final int SYMLINK = 47;
    static final int WATCH = 48;
    static final int ENTRY = 50;
    static final int DATA = 51;
    static final int READY = 52;
    static final int EVENT = 53;
    static final int DIAL = 60;

    private FrameType() {}
}
