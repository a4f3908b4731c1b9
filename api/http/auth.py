"""Authentication by signed bearer tokens with person, role, department (RFC 6750, ES256)."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from pydantic import ValidationError

from application.access.permissions import Role
from application.access.persons import person_at_work
from domain.values.parties import Actor, Department
from domain.values.workdays import of_a_plausible_year

ISSUER = "xinnuo"
AUDIENCE = "xinnuo-api"
_ALGORITHMS = ["ES256"]
_INVALID = (JoseError, ValidationError, ValueError, KeyError, TypeError, OverflowError, OSError)
"""What the parts of an invalid token raise; a clock of the system has limits of its own."""
REFUSED = "令牌无效或者已经过期，请重新获取"


class Unauthenticated(Exception):
    """The request has no token, or an invalid one."""


class Tokens:
    """Issues and verifies tokens for local use."""

    def __init__(self, key: ECKey) -> None:
        self.key = key
        self._proven = lru_cache(maxsize=4096)(self._prove)
        """Cache of verified tokens; whether a token has expired is checked at every request."""

    def mint(self, actor: Actor, at: datetime, hours: int) -> str:
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": actor.person,
            "role": actor.role,
            "department": actor.department.model_dump(),
            "iat": int(at.timestamp()),
            "exp": int((at + timedelta(hours=hours)).timestamp()),
        }
        return jwt.encode({"alg": "ES256", "typ": "JWT"}, claims, self.key)

    def read(self, token: str, at: datetime) -> Actor:
        """Returns the token's actor.  Raises Unauthenticated if it is wrong, foreign or expired."""
        return self.read_until(token, at)[0]

    def read_until(self, token: str, at: datetime) -> tuple[Actor, datetime]:
        """Returns the token's actor and its expiry.  Raises Unauthenticated like `read`."""
        try:
            actor, begins, ends = self._proven(token)
        except _INVALID as error:
            raise Unauthenticated(REFUSED) from error
        if not begins <= int(at.timestamp()) < ends.timestamp():
            raise Unauthenticated(REFUSED)
        return actor, ends

    def _prove(self, token: str) -> tuple[Actor, float, datetime]:
        """Returns the actor, start and expiry of a token whose signature and claims are valid.

        Raises ValueError, among others, for claims that no person at work can have.
        """
        claims = jwt.decode(token, self.key, algorithms=_ALGORITHMS).claims
        begins = max(claims["iat"], claims.get("nbf", claims["iat"]))
        _registry(begins).validate(claims)
        department = Department.model_validate(claims["department"])
        actor = Actor(person=claims["sub"], role=Role(claims["role"]), department=department)
        ends = of_a_plausible_year(datetime.fromtimestamp(claims["exp"], UTC))
        return person_at_work(actor), begins, ends


def _registry(now: int) -> jwt.JWTClaimsRegistry:
    return jwt.JWTClaimsRegistry(
        now=now,
        iss={"essential": True, "value": ISSUER},
        aud={"essential": True, "value": AUDIENCE},
        exp={"essential": True},
        iat={"essential": True},
        sub={"essential": True},
    )
