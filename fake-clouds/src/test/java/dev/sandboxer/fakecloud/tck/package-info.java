/** Types that the test kits against fake clouds share. */
@NullMarked
package dev.sandboxer.fakecloud.tck;

import org.jspecify.annotations.NullMarked;
