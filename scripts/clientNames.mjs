/**
 * What the modules of `src/client` call each other by, and nobody else: the build makes these names short. None may be a
 * name of the wire, of the public interface or of anything built in, which `test/project/client.test.ts` sees to.
 */
export const innerNames = `
  asOf ask cancelPatience carrier check connect current emit emitter end fail failures fields forget forgetLines
  heard isBehind isOpening isOwn keep last lines list lose onEnd onEpoch onError onExpired onFrame onLogged onLost
  onState onUp patienceMs pause place position receive requests restart resume resumptionOf roster sendings sequence
  setAttributes setLock settle show showLine showNext skipTo skipped spec stop stopAll submit takeLine takeOwnChat
  takeUpdate timers use waiting wake
`
  .trim()
  .split(/\s+/);
