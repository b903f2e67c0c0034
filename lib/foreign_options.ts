/**
 * Recognizes option names of other frameworks, and names the option of Pyramidion.
 *
 * @module
 */

import { didYouMean } from "./did_you_mean.ts";

/** A longer name is not compared, because it is not a mistyped option. */
const LONGEST = 40;

/**
 * Foreign names, and the options that they may mean. The first option that exists at that place is
 * meant. The names are in lower case, without `_` and `-`.
 */
const RENAMED: Readonly<Record<string, readonly string[]>> = {
  // Views and routes.
  method: ["requestMethod"],
  methods: ["requestMethod", "safeMethods"],
  verb: ["requestMethod"],
  verbs: ["requestMethod"],
  httpmethod: ["requestMethod"],
  prefix: ["routePrefix"],
  urlprefix: ["routePrefix"],
  pathprefix: ["routePrefix"],
  checkcsrf: ["requireCsrf"],
  csrf: ["requireCsrf", "csrfToken", "csrfHeader"],
  csrfprotect: ["requireCsrf"],
  custompredicates: ["custom"],
  predicates: ["custom"],
  rootfactory: ["factory"],
  middleware: ["decorator"],
  auth: ["permission"],
  template: ["renderer"],
  cache: ["httpCache"],
  cachecontrol: ["cacheControl", "httpCache", "cacheMaxAge"],
  reify: ["property"],
  // Sessions and their cookies.
  name: ["cookieName", "routeName"],
  key: ["cookieName"],
  sid: ["cookieName"],
  ttl: ["timeout", "maxAge"],
  idle: ["timeout"],
  idletimeout: ["timeout"],
  activeduration: ["timeout"],
  maxinactiveinterval: ["timeout"],
  expires: ["maxAge"],
  expiresin: ["maxAge"],
  maxage: ["maxAge", "httpCache", "cacheMaxAge"],
  duration: ["lifetime"],
  absolutetimeout: ["lifetime"],
  absoluteduration: ["lifetime"],
  rolling: ["reissueTime"],
  updateage: ["reissueTime"],
  touchafter: ["reissueTime"],
  slidingexpiration: ["reissueTime"],
  cookieonexception: ["setOnException"],
  revocation: ["revocations"],
  hashalg: ["hash"],
  algorithm: ["hash"],
  digest: ["hash"],
  now: ["clock"],
  time: ["clock"],
  log: ["logger"],
  // CSRF.
  ignoremethods: ["safeMethods"],
  ignoredmethods: ["safeMethods"],
  origin: ["trustedOrigins", "publicOrigin", "origins"],
  origins: ["trustedOrigins"],
  alloworigin: ["origins"],
  alloworigins: ["origins"],
  allowedorigins: ["trustedOrigins", "origins"],
  callback: ["insecureExempt"],
  exempt: ["insecureExempt"],
  skip: ["insecureExempt"],
  field: ["token"],
  fieldname: ["token"],
  headername: ["header"],
  // Browsers' policies.
  allowmethods: ["methods"],
  allowedmethods: ["methods"],
  allowheaders: ["allowedHeaders"],
  exposeheaders: ["exposedHeaders"],
  allowcredentials: ["credentials"],
  supportscredentials: ["credentials"],
  csp: ["contentSecurityPolicy"],
  hsts: ["strictTransportSecurity"],
  coop: ["crossOriginOpenerPolicy"],
  corp: ["crossOriginResourcePolicy"],
  frameguard: ["xFrameOptions"],
  nosniff: ["xContentTypeOptions"],
  // The app.
  session: ["sessionFactory"],
  sessions: ["sessionFactory"],
  debug: ["development"],
  dev: ["development"],
  proxy: ["trusted"],
  trustproxy: ["trusted"],
  trustedproxies: ["trusted"],
  forwarded: ["trusted"],
  proxycount: ["hops"],
  count: ["hops"],
  baseurl: ["publicOrigin", "origin"],
  host: ["publicOrigin", "origin"],
  scriptname: ["publicOrigin"],
  basepath: ["publicOrigin"],
  mountpath: ["publicOrigin"],
  // Answers.
  code: ["status"],
  statuscode: ["status"],
  allowexternal: ["external"],
  error: ["cause"],
  contenttype: ["contentType", "headers"],
  keepalive: ["heartbeat"],
  ping: ["heartbeat"],
  reconnect: ["retry"],
  // Bodies and paths.
  limit: ["maxBytes"],
  max: ["maxBytes"],
  maxsize: ["maxBytes"],
  maxlength: ["maxBytes"],
  sizelimit: ["maxBytes"],
  maxfields: ["maxParts"],
  maxfiles: ["maxParts"],
  anchor: ["fragment"],
  hash: ["fragment"],
  search: ["query"],
  searchparams: ["query"],
  params: ["query", "matchdict"],
  // Files.
  hidden: ["dotfiles"],
  gzip: ["precompressed"],
  brotli: ["precompressed"],
  encodings: ["precompressed"],
  contentencodings: ["precompressed"],
  filename: ["downloadName"],
  asattachment: ["disposition"],
  attachment: ["disposition"],
  mimetype: ["contentType"],
  // Tests.
  redirects: ["followRedirects"],
  address: ["remoteAddr"],
  ip: ["remoteAddr"],
  path: ["url"],
  post: ["form"],
  body: ["form"],
  user: ["identity", "userId"],
};

/**
 * Hints for names that do not mean an option. Each entry has the names, the options that must exist
 * at that place (`!`: must not exist), and the hint.
 */
const EXPLAINED: readonly (readonly [words: string, bag: string, hint: string])[] = [
  ["xhr", "requestMethod", 'write header: "X-Requested-With:XMLHttpRequest"'],
  ["attr", "decorator", "mark the method with viewConfig()"],
  ["context exceptiononly", "decorator", "views for errors are added by addExceptionView()"],
  [
    "containment traverse traversal physicalpath useglobalviews",
    "requestMethod",
    "Pyramidion has no traversal: the pattern of the route decides which paths match",
  ],
  ["pathinfo", "requestMethod", "the pattern of the route decides which paths match"],
  ["effectiveprincipals principals isauthenticated", "decorator", 'write permission: "…"'],
  [
    "effectiveprincipals principals isauthenticated permission renderer requirecsrf httpcache",
    "factory !decorator",
    "write it as an option of addView()",
  ],
  [
    "pattern path",
    "factory !decorator",
    "give the pattern as the second argument, after the name of the route",
  ],
  [
    "requestmethod requestparam header accept custom static",
    "insecureAllowRegExp !static",
    "write it as an option of addRoute()",
  ],
  [
    "password secret secrets secretkey keys",
    "insecureAllowWeakSecret",
    "give the secret as the first argument",
  ],
  ["password secret secrets secretkey keys", "verifiedCookies", "the codec takes the secret"],
  [
    "cookie cookies cookieoptions cookieattributes attributes",
    "httpOnly",
    "write the attributes of the cookie directly, such as sameSite",
  ],
  [
    "hashalg hash algorithm digest",
    "insecureAllowWeakSecret !hash",
    "the format fixes the algorithm",
  ],
  [
    "resave saveuninitialized",
    "cookieName",
    "a session is written only if it changed or its renewal is due",
  ],
  ["encrypt encrypted", "cookieName", "call encryptedCookieSessionFactory()"],
  ["proxy trustproxy", "cookieName", "write trusted, an option of the Configurator"],
  ["lifetime serializer revocations", "salt cookieName", "Pyramid's cookies cannot carry it"],
  ["routeprefix prefix", "sessionFactory", "write it as an option of include()"],
  ["rootfactory", "sessionFactory", "write factory, an option of addRoute()"],
  [
    "authenticationpolicy authorizationpolicy",
    "sessionFactory",
    "write securityPolicy",
  ],
  ["defaultpermission", "sessionFactory", "call setDefaultPermission()"],
  ["csrf csrfoptions", "sessionFactory", "call setDefaultCsrfOptions()"],
  ["requestfactory", "sessionFactory", "call addRequestMethod()"],
  ["cookie cookies", "safeMethods", "the token is stored in the session"],
  ["cookie cookies", "followRedirects", "store it in client.jar"],
  ["cookie cookies", "csrfHeader", "store it in client.jar"],
  ["status", "external !status", "call redirect()"],
  ["detail message", "cause", "give the detail as an argument before the options"],
  ["root folder", "dotfiles", "give the folder as the second argument"],
];

/**
 * Returns a hint for an unknown option, such as `: did you mean "maxAge"?` or
 * `: call addSettings()`. It is `""` if no known name is near.
 *
 * @param name The name that the developer wrote.
 * @param known The options that exist at that place. The hint suggests only these as options.
 */
export function foreignOptionHint(name: string, known: readonly string[]): string {
  if (name.length > LONGEST) return "";
  const word = plain(name);
  const meant = sameWord(word, known) ?? renamed(word, known);
  if (meant !== undefined) return `: did you mean "${meant}"?`;
  const has = (option: string): boolean =>
    option.startsWith("!") ? !known.includes(option.slice(1)) : known.includes(option);
  for (const [words, bag, hint] of EXPLAINED) {
    if (words.split(" ").includes(word) && bag.split(" ").every(has)) return `: ${hint}`;
  }
  return didYouMean(name, known);
}

/** `set_on_exception`, `httponly`, `cookie_path`, `session_timeout`. */
function sameWord(word: string, known: readonly string[]): string | undefined {
  const bare = word.replace(/^session/, "").replace(/^cookie/, "");
  return known.find((option) => plain(option) === word) ??
    known.find((option) => bare !== "" && plain(option) === bare);
}

function renamed(word: string, known: readonly string[]): string | undefined {
  if (!Object.hasOwn(RENAMED, word)) return undefined;
  return RENAMED[word]?.find((option) => known.includes(option));
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[_-]/g, "");
}
