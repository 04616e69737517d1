package dev.sandboxer.consumers;

import dev.sandboxer.profiles.ProfileName;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jdbi.v3.core.statement.Update;
import org.jspecify.annotations.Nullable;

/** Reads and writes a consumer's limits as columns of its row. */
final class LimitsRow {
    private LimitsRow() {}

    static ConsumerLimits read(ResultSet row) throws SQLException {
        var ttl = row.getLong("max_ttl_ms");
        var maxTtl = row.wasNull() ? null : Duration.ofMillis(ttl);
        var rate = integer(row, "max_rate_millis");
        var burst = integer(row, "rate_burst");
        var defaultProfile = row.getString("default_profile");
        return new ConsumerLimits(
                defaultProfile == null ? null : new ProfileName(defaultProfile),
                profiles(row.getString("profiles")),
                integer(row, "max_live"),
                integer(row, "max_cpu_millis"),
                integer(row, "max_memory_mib"),
                rate == null || burst == null ? null : new CreationRate(rate, burst),
                maxTtl);
    }

    static Update bind(Update update, ConsumerLimits limits) {
        var rate = limits.maxRate();
        return update.bind(
                        "default_profile",
                        limits.defaultProfile() == null
                                ? null
                                : limits.defaultProfile().value())
                .bind("profiles", text(limits.profiles()))
                .bind("max_live", limits.maxLive())
                .bind("max_cpu_millis", limits.maxCpuMillis())
                .bind("max_memory_mib", limits.maxMemoryMiB())
                .bind("max_rate_millis", rate == null ? null : (Integer) rate.thousandths())
                .bind("rate_burst", rate == null ? null : (Integer) rate.burst())
                .bind(
                        "max_ttl_ms",
                        limits.maxTtl() == null ? null : (Long) limits.maxTtl().toMillis());
    }

    private static @Nullable Integer integer(ResultSet row, String column) throws SQLException {
        var value = row.getInt(column);
        return row.wasNull() ? null : value;
    }

    private static List<ProfileName> profiles(@Nullable String text) {
        return text == null
                ? List.of()
                : Stream.of(text.split(",")).map(ProfileName::new).toList();
    }

    private static @Nullable String text(List<ProfileName> profiles) {
        return profiles.isEmpty()
                ? null
                : String.join(",", profiles.stream().map(ProfileName::value).toList());
    }
}
