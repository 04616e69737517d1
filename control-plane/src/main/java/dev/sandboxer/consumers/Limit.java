package dev.sandboxer.consumers;

/** One of the limits that a consumer may have. */
public enum Limit {
    DEFAULT_PROFILE("defaultProfile", "--default-profile"),
    PROFILES("profiles", "--profiles"),
    MAX_LIVE("maxLive", "--max-live"),
    MAX_CPU("maxCpu", "--max-cpu"),
    MAX_MEMORY("maxMemory", "--max-memory"),
    MAX_RATE("maxRate", "--max-rate"),
    MAX_TTL("maxTtl", "--max-ttl");

    private final String key;
    private final String option;

    Limit(String key, String option) {
        this.key = key;
        this.option = option;
    }

    /** Returns its key in the configuration file. */
    public String key() {
        return key;
    }

    /** Returns the option of {@code sandboxer consumers set} that changes it. */
    public String option() {
        return option;
    }
}
