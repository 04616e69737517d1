package dev.sandboxer.config.units;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SizesTest {
    @ParameterizedTest
    @CsvSource({
        "512MiB, 536870912",
        "4GiB, 4294967296",
        "1TiB, 1099511627776",
        "1KiB, 1024",
        "7B, 7",
        "512M, 536870912",
        "512m, 536870912",
        "4G, 4294967296",
        "2g, 2147483648",
        "1k, 1024",
        "1.5GiB, 1610612736",
        "0.5K, 512",
        "0MiB, 0",
        "9223372036854775807B, 9223372036854775807"
    })
    void reads_bytes_in_binary_units(String text, long bytes) {
        assertThat(Sizes.parseBytes(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "4 gigs | \"4 gigs\" is not a size (examples: 512MiB, 4GiB)",
                "''     | \"\" is not a size (examples: 512MiB, 4GiB)",
                "512    | \"512\" has no unit; is it 512MiB? (examples: 512MiB, 4GiB)",
                "4GB    | \"4GB\" is not a size; sizes are binary, write 4GiB (examples: 512MiB, 4GiB)",
                "512mib | \"512mib\" is not a size; sizes are binary, write 512MiB (examples: 512MiB, 4GiB)",
                "-1G    | \"-1G\" is negative (examples: 512MiB, 4GiB)",
                "0MiB   | \"0MiB\" is zero; the smallest size is 1MiB (examples: 512MiB, 4GiB)",
                "1500K  | \"1500K\" is not a whole number of MiB (examples: 512MiB, 4GiB)",
                "0.3B   | \"0.3B\" is not a whole number of bytes (examples: 512MiB, 4GiB)",
                "9999999999G | \"9999999999G\" is too large (examples: 512MiB, 4GiB)",
                "2048TiB | \"2048TiB\" is too large; the largest size is 2147483647MiB (examples: 512MiB, 4GiB)"
            })
    void says_what_is_wrong_and_gives_examples(String text, String message) {
        assertThatExceptionOfType(SandboxException.class)
                .isThrownBy(() -> Sizes.parseMiB(text))
                .withMessage(message)
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GiB", "1.", ".5G", "1..5G", "1.5.2G", "1e9G", "1,5G", "٣G", "4GiBs", "4PiB", "+1G", "NaN", "1G\n"
            })
    void refuses_anything_else(String text) {
        assertThatExceptionOfType(SandboxException.class).isThrownBy(() -> Sizes.parseBytes(text));
    }

    @Test
    void refuses_a_number_of_many_digits_without_calculating_with_it() {
        assertThatExceptionOfType(SandboxException.class)
                .isThrownBy(() -> Sizes.parseBytes("9".repeat(1_000_000) + "G"))
                .withMessageContaining("has too many digits");
    }

    @ParameterizedTest
    @CsvSource({
        "4294967296, 4GiB",
        "1610612736, 1536MiB",
        "0, 0B",
        "1025, 1025B",
        "9223372036854775807, 9223372036854775807B"
    })
    void is_written_in_the_largest_unit_of_which_it_is_a_whole_number(long bytes, String text) {
        assertThat(Sizes.formatBytes(bytes)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0B",
        "1, 1B",
        "1023, 1023B",
        "1563, 1KiB",
        "1048575, 1023KiB",
        "1048577, 1MiB",
        "536870912, 512MiB",
        "9223372036854775807, 8796093022207MiB"
    })
    void is_rounded_to_a_unit_in_which_only_zero_is_zero(long bytes, String text) {
        assertThat(Sizes.formatRounded(bytes)).isEqualTo(text);
    }

    @Test
    void formatted_text_parses_to_the_same_value() {
        SplittableRandom random = new SplittableRandom(25);
        for (int i = 0; i < 10_000; i++) {
            long bytes = random.nextLong(1L << random.nextInt(1, 63));
            assertThat(Sizes.parseBytes(Sizes.formatBytes(bytes))).isEqualTo(bytes);
            int mib = random.nextInt(1, Integer.MAX_VALUE);
            assertThat(Sizes.parseMiB(Sizes.formatMiB(mib))).isEqualTo(mib);
        }
    }
}
